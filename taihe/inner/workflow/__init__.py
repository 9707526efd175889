"""Flows (流程): who has what on the desk, until when, what they said, and where the matter goes next.

Every module that sends a matter from hand to hand uses this one: it says who signs where (its
`SubjectKind`), the BPMN file of the county says in what order, and people meet one list of open
work.  People, opinions, deadlines and history are rows of ours; the engine below only tells which
node comes next.
"""
