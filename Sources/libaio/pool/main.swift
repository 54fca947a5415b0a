// pool: tasks that do nothing, to see what a task costs, and to learn how they are written.

import Glibc

exit(PoolProgram.main())
