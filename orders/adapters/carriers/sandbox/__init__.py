"""A carrier that exists only on this machine. It knows the public HTTP API and its own token, nothing else:
no table, no model. What happens to a parcel follows from the parcel's number."""
