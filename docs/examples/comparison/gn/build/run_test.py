"""run_test.py STAMP STATUS OUTPUT COMMAND...: makes STAMP if COMMAND does as it should."""
import os, subprocess, sys

stamp, status, output, command = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
if "/" not in command[0] and os.path.exists(command[0]):
    command[0] = "./" + command[0]
done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
if done.returncode != status or output not in ("", done.stdout.strip()):
    sys.exit(f"status {done.returncode}, output {done.stdout!r}")
open(stamp, "w").close()
