"""Run a program so that it dies with the process that started it: ``python die_with_parent.py PARENT_PID PROGRAM ARGUMENT…``.

Run as a script, never imported: it asks the Linux kernel for a SIGKILL at the parent's death and then *becomes* the
program, so the process id stays. The request survives the exec; a parent that died before it was made is noticed by
its number. On other systems it only runs the program.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    parent, program, *arguments = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != int(parent):
            sys.exit(1)
    os.execvp(program, [program, *arguments])  # noqa: S606 - becoming the program is the purpose
