#include "models/backends/backend_list.h"

#include <QSettings>

#include <algorithm>

namespace stepwell {

namespace {

const QString arrayName = QStringLiteral("backendList");
/// Of versions that knew backends by their names, and kept their tokens under these.
const QString olderArrayName = QStringLiteral("backends");

BackendSpec readOne(const QSettings& settings) {
    const auto text = [&settings](const char* key) { return settings.value(QLatin1String(key)).toString(); };
    BackendSpec spec;
    spec.id = text("id");
    spec.kind = backendKindFrom(text("kind"));
    spec.name = text("name");
    spec.apiBase = text("api");
    spec.account = text("account");
    spec.accountName = text("accountName");
    spec.colour = text("colour");
    spec.production = settings.value(QStringLiteral("production")).toBool();
    spec.caFile = text("caFile");
    spec.pinnedSha256 = text("pinnedSha256");
    spec.plainHttp = settings.value(QStringLiteral("plainHttp")).toBool();
    spec.secretKey = text("secretKey");
    return spec;
}

void writeOne(QSettings& settings, const BackendSpec& spec) {
    const auto put = [&settings](const char* key, const QVariant& value) {
        settings.setValue(QLatin1String(key), value);
    };
    put("id", spec.id);
    put("kind", toText(spec.kind));
    put("name", spec.name);
    put("api", spec.apiBase);
    put("account", spec.account);
    put("accountName", spec.accountName);
    put("colour", spec.colour);
    put("production", spec.production);
    put("caFile", spec.caFile);
    put("pinnedSha256", spec.pinnedSha256);
    put("plainHttp", spec.plainHttp);
    put("secretKey", spec.secretKey);
}

}  // namespace

BackendList::BackendList(QObject* parent)
    : QObject(parent) {
    load();
}

std::optional<BackendSpec> BackendList::find(const QString& id) const {
    const auto at = indexOf(id);
    if (at < 0) return std::nullopt;
    return m_specs[at];
}

bool BackendList::add(const BackendSpec& spec) {
    if (m_specs.size() >= mostBackends || spec.id.isEmpty() || indexOf(spec.id) >= 0) return false;
    m_specs.append(spec);
    saveAndTell();
    return true;
}

bool BackendList::change(const BackendSpec& spec) {
    const auto at = indexOf(spec.id);
    if (at < 0) return false;
    if (m_specs[at] == spec) return true;
    m_specs[at] = spec;
    saveAndTell();
    return true;
}

bool BackendList::remove(const QString& id) {
    const auto at = indexOf(id);
    if (at < 0 || id == localBackendId) return false;
    m_specs.removeAt(at);
    saveAndTell();
    return true;
}

bool BackendList::move(const QString& id, int to) {
    const auto at = indexOf(id);
    if (at < 0 || to < 0 || to >= m_specs.size()) return false;
    if (at == to) return true;
    m_specs.move(at, to);
    saveAndTell();
    return true;
}

qsizetype BackendList::indexOf(const QString& id) const {
    const auto found = std::find_if(m_specs.begin(), m_specs.end(),
                                    [&id](const BackendSpec& spec) { return spec.id == id; });
    return found == m_specs.end() ? -1 : found - m_specs.begin();
}

void BackendList::load() {
    QSettings settings;
    const bool isOlder = !settings.contains(arrayName + QStringLiteral("/size"));
    const int size = std::min(settings.beginReadArray(arrayName), mostBackends);
    for (int i = 0; i < size; ++i) {
        settings.setArrayIndex(i);
        auto spec = readOne(settings);
        if (!spec.id.isEmpty() && indexOf(spec.id) < 0) m_specs.append(std::move(spec));
    }
    settings.endArray();
    if (indexOf(localBackendId) < 0) m_specs.prepend(newBackendSpec(BackendKind::thisMachine));
    if (isOlder) takeOverOlder();
}

void BackendList::takeOverOlder() {
    QSettings settings;
    const int size = std::min(settings.beginReadArray(olderArrayName), mostBackends - 1);
    for (int i = 0; i < size; ++i) {
        settings.setArrayIndex(i);
        const auto api = settings.value(QStringLiteral("api")).toString();
        auto spec = newBackendSpec(guessBackendKind(api));
        spec.name = settings.value(QStringLiteral("name")).toString();
        spec.apiBase = api;
        spec.account = settings.value(QStringLiteral("account")).toString();
        spec.secretKey = spec.name;
        m_specs.append(std::move(spec));
    }
    settings.endArray();
    if (size > 0) saveAndTell();
}

void BackendList::saveAndTell() {
    QSettings settings;
    settings.remove(arrayName);
    settings.beginWriteArray(arrayName, static_cast<int>(m_specs.size()));
    for (int i = 0; i < m_specs.size(); ++i) {
        settings.setArrayIndex(i);
        writeOne(settings, m_specs[i]);
    }
    settings.endArray();
    emit changed();
}

}  // namespace stepwell
