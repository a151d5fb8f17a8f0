#include "app/engine/pages/service_local.h"

#include <array>
#include <charconv>

namespace stepwell::engine::pages {

namespace {

constexpr std::string_view filesName = "most_files", strictName = "strict",
                           tokenName = "upload_token_seconds", unusedName = "keep_unused_seconds",
                           formsName = "most_form_bytes";

std::optional<std::int64_t> number(SiteStore& store, std::string_view name) {
    const auto text = store.meta(name);
    std::int64_t value = 0;
    if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

}  // namespace

void LocalService::loadSettings(SiteStore& store) {
    SiteSettings settings;
    settings.mostFiles = number(store, filesName).value_or(settings.mostFiles);
    settings.strict = number(store, strictName).value_or(0) != 0;
    settings.uploadToken =
        std::chrono::seconds(number(store, tokenName).value_or(settings.uploadToken.count()));
    settings.keepUnused =
        std::chrono::seconds(number(store, unusedName).value_or(settings.keepUnused.count()));
    settings.mostFormBytes = number(store, formsName).value_or(settings.mostFormBytes);
    const std::lock_guard lock(m_settingsMutex);
    m_settings = settings;
}

SiteSettings LocalService::settings() const {
    const std::lock_guard lock(m_settingsMutex);
    return m_settings;
}

api::Result<SiteSettings> LocalService::changeSettings(const SettingsChange& change) {
    const std::lock_guard changing(m_settingsChange);
    auto settings = this->settings();
    if (auto valid = change(settings); !valid) return tl::unexpected(valid.error());
    auto changed = m_database->write<void>(m_hosts, [&](Work& work) -> api::Result<void> {
        const std::array values = {std::pair(filesName, settings.mostFiles),
                                   std::pair(strictName, std::int64_t{settings.strict}),
                                   std::pair(tokenName, std::int64_t{settings.uploadToken.count()}),
                                   std::pair(unusedName, std::int64_t{settings.keepUnused.count()}),
                                   std::pair(formsName, settings.mostFormBytes)};
        for (const auto& [name, value] : values)
            work.store.putMeta(name, std::to_string(value));
        return {};
    });
    if (!changed) return tl::unexpected(changed.error());
    const auto before = this->settings();
    {
        const std::lock_guard lock(m_settingsMutex);
        m_settings = settings;
    }
    if (before.mostFormBytes != settings.mostFormBytes) {
        m_sites.clear();  // what they know of forms holds no more
        if (m_formMaker) m_formMaker->wake();
    }
    if (m_housekeeper) m_housekeeper->wake();
    return settings;
}

}  // namespace stepwell::engine::pages
