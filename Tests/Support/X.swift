import Sys9
