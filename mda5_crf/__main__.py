"""``python -m mda5_crf`` is the command ``mda5-crf``."""

import sys

from mda5_crf.cli import main

if __name__ == "__main__":
    sys.exit(main())
