// Compiled once per room with SEES_<other room> set to 1 or 0: does the room see what it should,
// and no more? Every room has a CMakeLists.txt, so that is what is looked for.
#if defined(SEES_thresholds) && SEES_thresholds != __has_include("thresholds/CMakeLists.txt")
#error "thresholds is seen where it must not be, or hidden where it must be seen"
#endif
#if defined(SEES_monitor) && SEES_monitor != __has_include("monitor/CMakeLists.txt")
#error "monitor is seen where it must not be, or hidden where it must be seen"
#endif
#if defined(SEES_consumer) && SEES_consumer != __has_include("consumer/CMakeLists.txt")
#error "consumer is seen where it must not be, or hidden where it must be seen"
#endif
#if defined(SEES_alerts) && SEES_alerts != __has_include("alerts/CMakeLists.txt")
#error "alerts is seen where it must not be, or hidden where it must be seen"
#endif
#if defined(SEES_app) && SEES_app != __has_include("app/CMakeLists.txt")
#error "app is seen where it must not be, or hidden where it must be seen"
#endif
