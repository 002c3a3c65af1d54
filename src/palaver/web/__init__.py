"""Pages: a view loads, calls one verb, answers. Pages compose many domains, so they live above them; rules live
below."""
