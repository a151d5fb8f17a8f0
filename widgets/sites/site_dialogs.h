#pragma once

#include "models/backend.h"
#include "widgets/action_dialog.h"

#include <QStringList>

class QCheckBox;
class QLineEdit;

namespace stepwell {

/// Adds a variable or secret to one environment of a site, or changes one.
class SiteVariableDialog : public ActionDialog {
    Q_OBJECT
  public:
    /// A variable without a name: a new one. `known`: the names there are.
    SiteVariableDialog(Backend& backend, const std::string& site, api::SiteEnvironment environment,
                       const api::SiteVariable& variable, const QStringList& known, QWidget* parent);

  signals:
    void saved(const QString& name);

  private:
    void validate();
    void send();

    Backend& backend_;
    std::string site_;
    api::SiteEnvironment environment_;
    QStringList known_;
    bool isNew_;
    QLineEdit* name_;
    QLabel* hint_;
    QLineEdit* value_;
    QCheckBox* secret_;
};

/// Asks for one line of text; `send` gets it and the dialog, to close it or to show why not.
class OneLineDialog : public ActionDialog {
    Q_OBJECT
  public:
    struct Words {
        QString title;
        QString verb;
        QString label;
        QString hint;
        QString placeholder;
    };
    using Send = std::function<void(const QString& text, OneLineDialog& dialog)>;
    OneLineDialog(const Words& words, const QString& text, Send send, QWidget* parent);

  private:
    QLineEdit* line_;
};

}  // namespace stepwell
