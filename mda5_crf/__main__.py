"""``python -m mda5_crf`` is the command ``mda5-crf``."""

import sys

from mda5_crf.jobs.confined import LOOKER, PICTURES

if __name__ == "__main__":
    if sys.argv[1:] == [LOOKER]:  # the child that looks at files of strangers, in a program built as a folder
        from mda5_crf.jobs.looker import main as look

        look()
    if sys.argv[1:2] == [PICTURES]:  # the child that takes the pictures of a demonstration, in such a program
        from mda5_crf.app import main as take_pictures

        sys.exit(take_pictures(sys.argv[2:]))
    from mda5_crf.cli import main

    sys.exit(main())
