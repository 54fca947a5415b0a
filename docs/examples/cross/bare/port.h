/* What the Swift part asks of the machine. */
void print_number(int number);
