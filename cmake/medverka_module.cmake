# What every target of ours gets: the root as include folder, the warnings, the sanitizers.
add_library(medverka_options INTERFACE)
target_include_directories(medverka_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(
  medverka_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor
                             -Wold-style-cast -fstack-protector-strong)
# GCC 12, when it optimises, takes the empty state of a std::optional for an uninitialised read and sees overlapping copies in
# std::string::insert (its bug 105329): both false.
target_compile_options(medverka_options INTERFACE "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict>")
target_compile_definitions(medverka_options INTERFACE _GLIBCXX_ASSERTIONS
                           "MEDVERKA_VERSION=\"${PROJECT_VERSION}\"")
if(MEDVERKA_WERROR)
  target_compile_options(medverka_options INTERFACE -Werror)
endif()
if(MEDVERKA_SANITIZE)
  target_compile_options(medverka_options INTERFACE -fsanitize=${MEDVERKA_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(medverka_options INTERFACE -fsanitize=${MEDVERKA_SANITIZE})
endif()

# medverka_module(NAME SOURCES ... LINK ... PRIVATE_LINK ...): one library per folder.
function(medverka_module NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${NAME} STATIC ${ARG_SOURCES})
  target_link_libraries(${NAME} PUBLIC ${ARG_LINK} PRIVATE medverka_options ${ARG_PRIVATE_LINK})
endfunction()

# medverka_test(NAME SOURCES ... LINK ...): one GoogleTest binary, its cases seen by ctest.
function(medverka_test NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  target_link_libraries(${NAME} PRIVATE medverka_options ${ARG_LINK} GTest::gtest_main)
  add_test(NAME ${NAME} COMMAND ${NAME} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()
