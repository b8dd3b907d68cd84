"""The page that is explored: the picture, who reaches whom, the matrix and the findings in one file."""
