#include <locale>

extern "C" int upper(int c);

int
upper(int c)
{
  return std::toupper(static_cast<char>(c), std::locale::classic());
}
