#include "app/version.h"

#ifndef YUJING_VERSION
#define YUJING_VERSION "0.0.0"
#endif
#ifndef YUJING_COMMIT
#define YUJING_COMMIT "unknown"
#endif

namespace yujing::app {

std::string_view version() { return YUJING_VERSION; }
std::string_view commit() { return YUJING_COMMIT; }

}  // namespace yujing::app
