"""Arabic letters, words and dates: pure text in, pure values out."""
