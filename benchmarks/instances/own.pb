META
key;value
description;Votes made up for tests
country;Nowhere
unit;Own
instance;1
num_projects;4
num_votes;5
budget;100
vote_type;approval
rule;greedy
PROJECTS
project_id;cost;name
A;60;"Benches; and trees"
B;50;Lights
C;40;Paths
D;30;Well
VOTES
voter_id;age;vote
1;31;A,B
2;52;A
3;40;A,C
4;77;B,D
5;25;D,C
