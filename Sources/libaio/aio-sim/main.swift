// aio-sim: simulation as an acceptance test; everything is in SimPrograms and SimCommand.

import Glibc

exit(SimCommand.main())
