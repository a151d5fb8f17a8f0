#include "app/desktop/options.h"

#include "widgets/backends/backend_link.h"

#include <QCommandLineParser>
#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QUrl>

namespace stepwell {

namespace {

const QString apiPath = QStringLiteral("/client/v4");

DesktopOptions refuse(const QString& text) {
    DesktopOptions options;
    options.action = DesktopOptions::Action::refuse;
    options.text = text + QStringLiteral(" See stepwell --help.");
    return options;
}

struct Arguments {
    QCommandLineOption dataDir{
        "data-dir", "Folder of the engine's database. Default: stepwell in the user's data folder.", "DIR"};
    QCommandLineOption backend{
        "backend",
        "Show this backend instead of the engine of this machine. Its token comes from "
        "--token-file or CLOUDFLARE_API_TOKEN.",
        "URL"};
    QCommandLineOption tokenFile{"token-file", "File with the token of --backend.", "FILE"};
    QCommandLineOption account{"account",
                               "Account of --backend. Default: CLOUDFLARE_ACCOUNT_ID, else \"local\".", "ID"};
    QCommandLineOption unsandboxed{"allow-unsandboxed",
                                   "Run user code without bubblewrap when that cannot be used (not safe)."};
    QCommandLineOption cpuLimit{
        "cpu-limit", "Longest time user code may block its process, in seconds. Default: 30.", "SECONDS"};
    QCommandLineOption memoryLimit{"memory-limit", "Heap of a user code process, in MiB. Default: 128.",
                                   "MIB"};
    QCommandLineOption theme{"theme", "light, dark or system.", "NAME"};
    QCommandLineOption screenshots{"screenshots", "Render every page into this folder and end.", "DIR"};
};

/// The bounds are those of stepwelld.
constexpr int mostCpuSeconds = 3'600;
constexpr int leastMemory = 16;
constexpr int mostMemory = 16'384;

/// False when the option was given and is no whole number within the bounds; `value` is then as it was.
bool readNumber(const QCommandLineParser& parser, const QCommandLineOption& option, int least, int most,
                int& value) {
    if (!parser.isSet(option)) return true;
    bool isNumber = false;
    const int given = parser.value(option).toInt(&isNumber);
    if (!isNumber || given < least || given > most) return false;
    value = given;
    return true;
}

std::optional<Theme::Mode> themeNamed(const QString& name) {
    if (name == "light") return Theme::Mode::light;
    if (name == "dark") return Theme::Mode::dark;
    if (name == "system") return Theme::Mode::system;
    return std::nullopt;
}

// Both "http://host:8790" and "http://host:8790/client/v4" are understood.
QString apiBaseOf(const QString& text) {
    const QUrl url(text.endsWith('/') ? text.chopped(1) : text, QUrl::StrictMode);
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != "http" && url.scheme() != "https"))
        return {};
    return url.path().isEmpty() ? url.toString() + apiPath : url.toString();
}

QString readToken(const QString& file) {
    if (file.isEmpty()) return qEnvironmentVariable("CLOUDFLARE_API_TOKEN");
    QFile source(file);
    constexpr qint64 longestToken = 4'096;
    return source.open(QIODevice::ReadOnly) ? QString::fromUtf8(source.read(longestToken)).trimmed()
                                            : QString();
}

DesktopOptions readBackend(DesktopOptions options, const QCommandLineParser& parser, const Arguments& known) {
    BackendChoice choice;
    const QString apiBase = apiBaseOf(parser.value(known.backend));
    if (apiBase.isEmpty())
        return refuse(QStringLiteral("--backend must be like http://127.0.0.1:8790, not \"%1\".")
                          .arg(parser.value(known.backend)));
    choice.spec = newBackendSpec(guessBackendKind(apiBase));
    choice.spec.apiBase = apiBase;
    choice.spec.name = QUrl(apiBase).authority();
    choice.spec.account = parser.isSet(known.account)
                              ? parser.value(known.account)
                              : qEnvironmentVariable("CLOUDFLARE_ACCOUNT_ID", "local");
    choice.token = readToken(parser.value(known.tokenFile));
    if (choice.token.isEmpty())
        return refuse(
            QStringLiteral("--backend needs a token: name a readable file with --token-file, or set "
                           "CLOUDFLARE_API_TOKEN."));
    options.backend = choice;
    return options;
}

QString absolute(const QString& path) {
    return path.isEmpty() ? path : QDir::cleanPath(QDir::current().absoluteFilePath(path));
}

/// A copied link, a path, or a path as desktops hand it over: file://... Empty, or what is wrong with it.
QString readPlace(DesktopOptions& options, const QString& text) {
    if (text.startsWith(QLatin1String("stepwell:"))) {
        options.link = text;
        return backendLinkFrom(text)
                   ? QString()
                   : QStringLiteral("This is not a link that Stepwell copied: \"%1\".").arg(text);
    }
    const bool isUrl = text.startsWith(QLatin1String("file:"));
    options.path = absolute(isUrl ? QUrl(text).toLocalFile() : text);
    return options.path.isEmpty() || QFile::exists(options.path)
               ? QString()
               : QStringLiteral("There is no file or folder \"%1\".").arg(options.path);
}

DesktopOptions read(const QCommandLineParser& parser, const Arguments& known) {
    DesktopOptions options;
    const QString usual = QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + "/stepwell";
    options.dataDir = parser.isSet(known.dataDir) ? absolute(parser.value(known.dataDir)) : usual;
    if (options.dataDir.isEmpty()) return refuse("--data-dir needs a folder.");
    options.allowUnsandboxed = parser.isSet(known.unsandboxed);
    if (!readNumber(parser, known.cpuLimit, 1, mostCpuSeconds, options.cpuLimitSeconds))
        return refuse(QStringLiteral("--cpu-limit must be 1 to %1 seconds.").arg(mostCpuSeconds));
    if (!readNumber(parser, known.memoryLimit, leastMemory, mostMemory, options.memoryLimitMiB))
        return refuse(
            QStringLiteral("--memory-limit must be %1 to %2 MiB.").arg(leastMemory).arg(mostMemory));
    options.screenshots = absolute(parser.value(known.screenshots));
    if (parser.isSet(known.theme)) {
        options.theme = themeNamed(parser.value(known.theme));
        if (!options.theme) return refuse("--theme must be light, dark or system.");
    }
    if (parser.positionalArguments().size() > 1) return refuse("Only one PATH can be opened at a time.");
    const QString problem = readPlace(options, parser.positionalArguments().value(0));
    if (!problem.isEmpty()) return refuse(problem);
    return parser.isSet(known.backend) ? readBackend(options, parser, known) : options;
}

}  // namespace

DesktopOptions parseDesktopOptions(const QStringList& arguments) {
    const Arguments known;
    QCommandLineParser parser;
    parser.setApplicationDescription("Durable workflows on this machine: the engine, and a window on it.");
    parser.addOptions({known.dataDir, known.backend, known.tokenFile, known.account, known.unsandboxed,
                       known.cpuLimit, known.memoryLimit, known.theme, known.screenshots});
    parser.addPositionalArgument(
        "PATH",
        "A Worker project (folder or file) to import, a site (folder, zip, tar.gz) to deploy, or a link as "
        "the window copies it (stepwell://...), which is shown.",
        "[PATH]");
    const auto help = parser.addHelpOption();
    const auto version = parser.addVersionOption();
    if (!parser.parse(arguments)) return refuse(parser.errorText() + '.');

    DesktopOptions options;
    options.action = DesktopOptions::Action::say;
    // There is no application object yet to know the program's name.
    if (parser.isSet(help)) options.text = parser.helpText().replace("<executable_name>", "stepwell");
    if (parser.isSet(version)) options.text = QStringLiteral("stepwell " STEPWELL_VERSION "\n");
    return options.text.isEmpty() ? read(parser, known) : options;
}

}  // namespace stepwell
