# Flags and helpers that every folder uses.
if(CMAKE_CXX_COMPILER MATCHES "em\\+\\+$" OR EMSCRIPTEN)
  set(ELFIN_WASM ON)
else()
  set(ELFIN_WASM OFF)
endif()

add_compile_options(-Wall -Wextra -fno-strict-aliasing)
if(ELFIN_WASM)
  add_compile_options(-O2 -DNDEBUG -fno-exceptions -fno-rtti -msimd128 -mbulk-memory -msign-ext
                      -mnontrapping-fptoint -mmutable-globals -fno-vectorize -fno-slp-vectorize
                      -mtail-call) # musttail: interpreter dispatch, coroutine continuations
else()
  # Exceptions are only for Catch2; Elfin itself throws nothing.
  add_compile_options(-Werror -g)
  if(ELFIN_SANITIZE)
    add_compile_options(-O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
                        -fno-omit-frame-pointer
                        -Wno-maybe-uninitialized) # g++ 12 sees some in libstdc++'s <regex> then
    add_link_options(-fsanitize=address,undefined)
  else()
    add_compile_options(-O2)
  endif()
endif()

# elfin_library(name [DEPENDS lib…]): the library of the current folder, all its .cc files.
function(elfin_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;EXCLUDE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  foreach(excluded ${ARG_EXCLUDE})
    list(FILTER sources EXCLUDE REGEX "/${excluded}$")
  endforeach()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC ${ARG_DEPENDS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARG_DEPENDS})
  endif()
endfunction()
