# Everything comes from Debian 12 packages; ./run setup installs them.
find_package(Threads REQUIRED)
# Module mode, and before gRPC: Debian ships no protobuf-config.cmake.
find_package(Protobuf 3.21 REQUIRED)
find_package(absl REQUIRED CONFIG)
find_package(gRPC 1.51 REQUIRED CONFIG)
find_package(prometheus-cpp REQUIRED CONFIG)
find_package(GTest REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(EXPAT REQUIRED)
find_package(yaml-cpp REQUIRED CONFIG)
find_package(PkgConfig REQUIRED)
# hiredis' own CMake config does not load in Debian 12; pkg-config does.
pkg_check_modules(HIREDIS REQUIRED IMPORTED_TARGET hiredis>=0.14)
pkg_check_modules(HIREDIS_SSL QUIET IMPORTED_TARGET hiredis_ssl)
pkg_check_modules(PANGOCAIRO REQUIRED IMPORTED_TARGET pangocairo cairo-pdf)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
# For relance-pdf-xml alone: no service links it.
pkg_check_modules(QPDF REQUIRED IMPORTED_TARGET libqpdf)
