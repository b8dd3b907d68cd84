"""Pictures: a row for each service, a lane for each network, arrows within the lane that carries them.

Placing is pure arithmetic and ends in shapes whose text has known bounds, so that no text can run over
another: `scene` says what there is, `order` what stands beside what, `fold` what is drawn as one, `place`
where it goes, `svg` how that is written.
"""
