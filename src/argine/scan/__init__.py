"""Going through a library of stored files: which of them are copies of something banked?

Files are cut into shards. A shard is leased, hashed and judged, and its results are written in one step with the
word that it is done: so a scan that is killed goes on where it was, and no file is missed or counted twice. Who
hashes is exchangeable: confined processes of this machine, or a Ray cluster.
"""
