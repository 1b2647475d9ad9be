#include <sys/stat.h>

#include "app/command_line.h"

int main(int argc, char** argv) {
  // What the program writes speaks of people's illness: not for everybody on the machine.
  umask(S_IWGRP | S_IRWXO);
  return yujing::app::run_command_line(argc, argv);
}
