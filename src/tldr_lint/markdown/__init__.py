"""The grammar: blocks, inline content, HTML, anchors and rendered text, each with its places."""
