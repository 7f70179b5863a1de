"""The issue types of a session by a small classifier that is trained on labelled texts. Pure Python, no database.

`features` cuts a text into words and pieces, `training` learns from labelled texts, `model` decides with what was
learnt and names the words that decided, `storage` writes a model and reads it back, `guessing` asks it of a session.
"""
