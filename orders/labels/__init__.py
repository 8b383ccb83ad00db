"""Documents that go on or into a parcel, set by Typst from the templates in this folder."""
