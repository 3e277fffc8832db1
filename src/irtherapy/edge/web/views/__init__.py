"""One file a stage of the pathway; each turns a request into calls and a page, and holds no rule of its own."""
