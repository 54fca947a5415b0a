import CPort
import Fibonacci

print_number(fibonacci(20))
