# medverka_needs_kafka(TEST...): these tests get a broker. One broker serves all of them in a ctest run (a fixture starts it
# fresh and stops it), so topics, groups and transactional ids carry a name of the test's own: tests/support/kafka.h,
# kafka.py. MEDVERKA_TEST_KAFKA holds the bootstrap servers' file.
set(MEDVERKA_TEST_BROKER_DIRECTORY ${PROJECT_BINARY_DIR}/broker)

function(medverka_needs_kafka)
  foreach(name ${ARGN})
    set_property(TEST ${name} APPEND PROPERTY FIXTURES_REQUIRED kafka)
    set_property(TEST ${name} APPEND PROPERTY LABELS kafka)
    set_property(TEST ${name} APPEND PROPERTY ENVIRONMENT "MEDVERKA_TEST_KAFKA=${MEDVERKA_TEST_BROKER_DIRECTORY}/bootstrap")
  endforeach()
endfunction()
