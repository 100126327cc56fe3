"""The sample clinic: data files, and what turns them into rows. Everybody in it is made up."""
