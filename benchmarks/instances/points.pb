META
key; value
description; Points made up for tests
country; Nowhere
unit; Own
instance; 2
num_projects; 3
num_votes; 2
budget; 90
vote_type; cumulative
rule; greedy
PROJECTS
project_id; cost
A; 60
B; 50
C; 40
VOTES
voter_id; vote; points
1; A,B; 6,4
2; C,B; 5,5
