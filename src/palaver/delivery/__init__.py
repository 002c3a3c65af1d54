"""Carriers out of the house: mail as rows, sent by the jobs process. It carries bytes and knows no domain."""
