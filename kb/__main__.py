"""`python -m kb` is the command `kb`."""

from kb.app import main

if __name__ == "__main__":
    main()
