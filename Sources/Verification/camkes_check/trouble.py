# SPDX-License-Identifier: BSD-2-Clause
"""What stops the check before the file itself is at fault."""


class Unusable(Exception):
    """The tree, or this Python, lacks something that every run needs."""
