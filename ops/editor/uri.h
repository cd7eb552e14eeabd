// File URIs and paths (RFC 8089). Other schemes (a document that was never saved) keep their URI as
// their path.
#pragma once

#include <string>
#include <string_view>

namespace medverka::editor {

std::string PathOfUri(std::string_view uri);
std::string UriOfPath(std::string_view path);

}  // namespace medverka::editor
