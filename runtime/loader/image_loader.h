// Puts an ELF image into an address space.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "runtime/base/task.h"
#include "runtime/loader/elf_image.h"
#include "runtime/memory/address_space.h"

namespace elfin::loader {

/// Reads an image's headers from a file. Errors: kNoExec with a sentence, and the file's own.
/// `file` and `sentence` must outlive the task.
Task<Result<ElfImage>> ReadElfFile(memory::MappedFile& file, std::string& sentence);

/// The path in PT_INTERP. Precondition: image.interpreter_offset. Errors: kNoExec with a sentence.
Task<Result<std::string>> ReadInterpreterPath(memory::MappedFile& file, const ElfImage& image,
                                              std::string& sentence);

enum class ImageRole { kProgram, kInterpreter };

/// What lies where.
struct LoadedImage {
  uint64_t base = 0;  // added to linked addresses
  uint64_t entry = 0;
  uint64_t program_headers = 0;
  uint64_t end = 0;  // page aligned end of its last segment
};

/// Maps the segments: a program with fixed addresses there, a position-independent one at kPieBase,
/// an interpreter wherever libraries go. Errors: kNoMem (its addresses aren't free, or no memory),
/// the file's own; with a sentence. What has been mapped stays: throw the address space away.
Task<Result<LoadedImage>> LoadImage(memory::AddressSpace& space,
                                    std::shared_ptr<memory::MappedFile> file, const ElfImage& image,
                                    ImageRole role, std::string& sentence);

}  // namespace elfin::loader
