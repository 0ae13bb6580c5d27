"""Other people's ways to explain a decision, each on the same frozen backbone, one file a method.

`baseline` holds what they share: the question that is put to them, the counting of passes, the form
of the answer. `methods` lists them.
"""
