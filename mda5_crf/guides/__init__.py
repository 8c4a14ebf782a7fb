"""The guides: what people read to learn the program, in a small subset of Markdown, one file a language.

``resources/guides/<name>.<language>.md`` is read once (:mod:`reading`) into blocks (:mod:`blocks`), in which
names of commands, keys and messages are already those of the program. Paper, window and the written
documents are other readers of the same blocks.
"""
