# elfin_binaryen: Binaryen's C++ library, built once into the cache by binaryen/build.sh (by ./elfin
# before CMake runs; here only if that was left out). cmake/README.md says what it holds.
if(ELFIN_WASM)
  set(binaryen_preset wasm)
else()
  set(binaryen_preset native)
endif()
set(binaryen_recipe ${CMAKE_CURRENT_LIST_DIR}/binaryen)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${binaryen_recipe}/build.sh ${binaryen_recipe}/CMakeLists.txt ${binaryen_recipe}/pass_runner.cc)
execute_process(COMMAND ${binaryen_recipe}/build.sh ${binaryen_preset} ${ELFIN_CACHE}
  OUTPUT_VARIABLE binaryen_output OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE binaryen_status)
if(binaryen_status)
  message(FATAL_ERROR "Binaryen's library can't be built: ${binaryen_output}")
endif()
string(REGEX REPLACE ".*\n" "" binaryen_folder "${binaryen_output}") # the last line

add_library(elfin_binaryen STATIC IMPORTED GLOBAL)
set_target_properties(elfin_binaryen PROPERTIES
  IMPORTED_LOCATION ${binaryen_folder}/libbinaryen.a
  INTERFACE_INCLUDE_DIRECTORIES # of an imported target: SYSTEM, thus without warnings
    "${ELFIN_CACHE}/binaryen-132/src;${ELFIN_CACHE}/binaryen-132/third_party/FP16/include")
