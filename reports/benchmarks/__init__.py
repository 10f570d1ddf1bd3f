"""What the program costs, as ratios to named peers in the same run. A file for each subject; see ``registry``."""
