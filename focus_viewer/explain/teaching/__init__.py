"""Teaching: a frozen backbone is taught a user's own classes from labelled cubes and regions."""
