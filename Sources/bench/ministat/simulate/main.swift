// simulate: what ministat's statistics do on data of which the truth is known.

import Glibc

exit(Command.run(CommandLine.arguments))
