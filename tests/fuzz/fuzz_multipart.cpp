// Uploads: the first line is the content type, the rest the body.
#include "app/engine/api/upload_form.h"
#include "models/api/multipart.h"
#include "models/client/form.h"

#include <cstdint>
#include <cstdlib>

using namespace stepwell::engine;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto end = input.find('\n');
    if (end == std::string_view::npos) return 0;
    http::Request request;
    request.contentType = input.substr(0, end);
    request.body = input.substr(end + 1);
    const std::string_view body = request.body;
    if (const auto parts = stepwell::api::parseMultipart(request.contentType, body))
        for (const auto& part : *parts)
            if (part.body.data() < body.data() ||
                part.body.data() + part.body.size() > body.data() + body.size())
                std::abort();
    if (const auto parts = stepwell::client::parseForm({200, request.contentType, request.body, {}}))
        for (const auto& part : *parts)
            if (part.name.empty()) std::abort();
    const auto form = rest::readUploadForm(request);
    if (!form) return 0;
    const auto metadata = rest::withInheritedBindings(form->metadata, form->metadata);
    rest::shownBindings(metadata.value_or(form->metadata));
    rest::secretNames(metadata.value_or(form->metadata));
    return 0;
}
