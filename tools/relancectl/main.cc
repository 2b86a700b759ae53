#include <iostream>
#include <string>
#include <vector>

#include "common/log/log.h"
#include "tools/relancectl/context.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  relance::ctl::Context context(std::cin, std::cout, std::cerr);
  return relance::ctl::RunCommand(context, std::vector<std::string>(argv + 1, argv + argc));
}
