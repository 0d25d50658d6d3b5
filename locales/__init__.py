"""Every sentence a person reads: ``<locale>/<domain>.po``, a domain for each plugin."""
