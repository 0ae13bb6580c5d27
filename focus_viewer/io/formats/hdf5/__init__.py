"""HDF5 reader, with the products of NEON and PRISMA."""
