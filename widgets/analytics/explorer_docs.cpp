#include "widgets/analytics/explorer_docs.h"

#include "models/text.h"
#include "widgets/controls.h"
#include "widgets/icons.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollBar>
#include <QTextBrowser>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>

namespace stepwell {
namespace {

constexpr int mostFound = 60;
constexpr int mostPlaces = 50;
constexpr std::size_t mostFields = 400;
const QString scheme = QStringLiteral("type:");

QString escaped(const std::string& text) {
    return toQt(text).toHtmlEscaped();
}

/// "[Groups!]!" with the name in it as a link.
QString typeLink(const graphql::TypeRef& type) {
    QString whole = escaped(type.text);
    const QString name = escaped(type.name);
    const QString link = QStringLiteral("<a href=\"%1%2\">%2</a>")
                             .arg(scheme, QString::fromLatin1(QUrl::toPercentEncoding(toQt(type.name))));
    return name.isEmpty() ? whole : whole.replace(name, link);
}

QString paragraph(const QString& cls, const QString& html) {
    return html.isEmpty() ? QString() : QStringLiteral("<p class=\"%1\">%2</p>").arg(cls, html);
}

QString entry(const std::string& name, const graphql::TypeRef& type, const std::string& description,
              const std::optional<std::string>& deprecated) {
    QString html = QStringLiteral("<p class=\"entry\"><code>%1</code> <span class=\"type\">%2</span></p>")
                       .arg(escaped(name), typeLink(type));
    html += paragraph(QStringLiteral("about"), escaped(description));
    if (deprecated)
        html += paragraph(QStringLiteral("about"), QObject::tr("Deprecated: %1").arg(escaped(*deprecated)));
    return html;
}

QString inputsHtml(const std::vector<graphql::InputValue>& inputs, const QString& heading) {
    if (inputs.empty()) return {};
    QString html = paragraph(QStringLiteral("head"), heading);
    for (std::size_t i = 0; i < std::min(inputs.size(), mostFields); ++i)
        html += entry(inputs[i].name, inputs[i].type, inputs[i].description, std::nullopt);
    return html;
}

}  // namespace

ExplorerDocs::ExplorerDocs(QWidget* parent)
    : QWidget(parent)
    , search_(new QLineEdit)
    , back_(new QToolButton)
    , page_(new QTextBrowser) {
    search_->setPlaceholderText(tr("Find a type or field"));
    search_->setAccessibleName(tr("Find a type or field"));
    search_->setClearButtonEnabled(false);
    back_->setIcon(glyphIcon(Glyph::back));
    back_->setToolTip(tr("What was read before"));
    back_->setAccessibleName(tr("What was read before"));
    back_->setFocusPolicy(Qt::TabFocus);
    page_->setOpenLinks(false);
    page_->setFrameShape(QFrame::NoFrame);
    page_->setAccessibleName(tr("Documentation"));
    page_->document()->setDocumentMargin(12);
    page_->setProperty("kind", "clear");
    auto* card = makeCard();
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(page_);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    row->addWidget(back_);
    row->addWidget(search_, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addLayout(row);
    column->addWidget(card, 1);
    connect(search_, &QLineEdit::textChanged, this, &ExplorerDocs::search);
    connect(back_, &QToolButton::clicked, this, &ExplorerDocs::back);
    connect(page_, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) { follow(url.toString()); });
    connect(&Theme::get(), &Theme::changed, this, &ExplorerDocs::applyTheme);
    setMissing({});
}

void ExplorerDocs::setSchema(std::shared_ptr<const graphql::Schema> schema) {
    schema_ = std::move(schema);
    places_.clear();
    showStart();
}

void ExplorerDocs::setMissing(const QString& reason) {
    schema_.reset();
    missing_ = reason;
    showStart();
}

void ExplorerDocs::applyTheme() {
    const auto& theme = Theme::get();
    const auto name = [&](Token token) { return theme.color(token).name(); };
    page_->setStyleSheet(
        QStringLiteral("QTextBrowser { border: none; background: %1; }").arg(name(Token::surface)));
    page_->document()->setDefaultStyleSheet(
        QStringLiteral(
            "p { margin: 0; color: %1; font-size: 12px; } a { color: %2; text-decoration: none; }"
            "p.title { font-size: 13px; font-weight: 600; } p.head { margin-top: 14px; color: %3; }"
            "p.entry { margin-top: 8px; } p.about { color: %3; margin-top: 2px; } p.kind { color: %3; }"
            "code { font-family: '%4'; } span.type { font-family: '%4'; color: %3; }")
            .arg(name(Token::text), name(Token::accent), name(Token::mute), theme.mono(12).family()));
    page_->setHtml(html_);
}

void ExplorerDocs::show(const QString& html, const QString& place) {
    if (!place.isEmpty() && (places_.isEmpty() || places_.back() != place)) places_.push_back(place);
    while (places_.size() > mostPlaces)
        places_.pop_front();
    back_->setEnabled(places_.size() > 1);
    html_ = html;
    applyTheme();
    page_->verticalScrollBar()->setValue(0);
}

QString ExplorerDocs::startHtml() const {
    if (!schema_)
        return paragraph(QStringLiteral("kind"), missing_.isEmpty() ? tr("The schema is being asked for…")
                                                                    : missing_.toHtmlEscaped());
    QString html = paragraph(QStringLiteral("title"), tr("Schema"));
    for (const char* operation : {"query", "mutation", "subscription"})
        if (const auto* root = schema_->root(operation))
            html += QStringLiteral("<p class=\"entry\"><code>%1</code> %2</p>")
                        .arg(QLatin1String(operation), typeLink({root->name, root->name}));
    html += paragraph(QStringLiteral("head"),
                      tr("%n types. Put the cursor on a word to read about it; Ctrl+Space "
                         "completes, Ctrl+Return runs.",
                         nullptr, static_cast<int>(schema_->types().size())));
    return html;
}

void ExplorerDocs::showStart() {
    places_.clear();
    show(startHtml(), {});
}

QString ExplorerDocs::typeHtml(const graphql::Type& type) const {
    QString html =
        paragraph(QStringLiteral("title"), QStringLiteral("<code>%1</code>").arg(escaped(type.name)));
    html += paragraph(QStringLiteral("about"), escaped(type.description));
    if (!type.fields.empty()) html += paragraph(QStringLiteral("head"), tr("Fields"));
    for (std::size_t i = 0; i < std::min(type.fields.size(), mostFields); ++i)
        html += entry(type.fields[i].name, type.fields[i].type, type.fields[i].description,
                      type.fields[i].deprecated);
    html += inputsHtml(type.inputs, tr("Fields"));
    if (!type.values.empty()) html += paragraph(QStringLiteral("head"), tr("Values"));
    for (std::size_t i = 0; i < std::min(type.values.size(), mostFields); ++i)
        html += entry(type.values[i].name, {}, type.values[i].description, type.values[i].deprecated);
    return html;
}

void ExplorerDocs::showType(const QString& name) {
    const auto* type = schema_ ? schema_->type(name.toStdString()) : nullptr;
    if (type != nullptr) show(typeHtml(*type), name);
}

void ExplorerDocs::showDocumentation(const graphql::Documentation& about) {
    if (!search_->text().isEmpty()) return;  // a person is reading something else
    QString html = paragraph(
        QStringLiteral("title"),
        QStringLiteral("<code>%1</code>").arg(escaped(about.title.substr(0, about.title.find('(')))));
    html += paragraph(QStringLiteral("kind"), escaped(about.kind));
    html += paragraph(QStringLiteral("about"), escaped(about.description));
    if (about.deprecated)
        html += paragraph(QStringLiteral("about"), tr("Deprecated: %1").arg(escaped(*about.deprecated)));
    if (!about.type.empty())
        html += paragraph(QStringLiteral("entry"), tr("Type %1").arg(typeLink({about.type, about.type})));
    html += inputsHtml(about.inputs, tr("Takes"));
    places_.clear();
    const auto* type = schema_ ? schema_->type(about.type) : nullptr;
    if (type != nullptr && !type->fields.empty()) {
        html += paragraph(QStringLiteral("head"), tr("Fields of %1").arg(escaped(type->name)));
        for (std::size_t i = 0; i < std::min(type->fields.size(), mostFields); ++i)
            html += entry(type->fields[i].name, type->fields[i].type, type->fields[i].description,
                          type->fields[i].deprecated);
    }
    show(html, {});
}

void ExplorerDocs::search(const QString& text) {
    const QString needle = text.trimmed();
    if (!schema_ || needle.isEmpty()) return showStart();
    QString html;
    int found = 0;
    for (const auto& [name, type] : schema_->types()) {
        if (found >= mostFound) break;
        if (toQt(name).contains(needle, Qt::CaseInsensitive)) {
            ++found;
            html += paragraph(QStringLiteral("entry"), typeLink({name, name}));
        }
        for (const auto& field : type.fields) {
            if (found >= mostFound || !toQt(field.name).contains(needle, Qt::CaseInsensitive)) continue;
            ++found;
            html += QStringLiteral("<p class=\"entry\"><code>%1</code> <span class=\"type\">%2</span></p>")
                        .arg(escaped(field.name), tr("of %1").arg(typeLink({name, name})));
        }
    }
    if (found == 0) html = paragraph(QStringLiteral("kind"), tr("Nothing has that in its name."));
    show(html, {});
}

void ExplorerDocs::follow(const QString& link) {
    if (link.startsWith(scheme)) showType(QUrl::fromPercentEncoding(link.mid(scheme.size()).toUtf8()));
}

void ExplorerDocs::back() {
    if (places_.size() < 2) return showStart();
    places_.pop_back();
    showType(places_.back());
}

QString ExplorerDocs::text() const {
    return page_->toPlainText();
}

}  // namespace stepwell
