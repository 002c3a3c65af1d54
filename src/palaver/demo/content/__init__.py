"""What was said in Millbrook: TOML files and nothing else.

`community.toml` has the places, `members.toml` the people with a voice sheet each, `reading.toml` what some of them
have read, `threads/<forum>/<nn>-<slug>.toml` one conversation each. All times are written as "3d 4h 12m" before the
moment of loading. The rules of the format are enforced by `palaver.demo.reading_content`.
"""
