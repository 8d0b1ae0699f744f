using System.Xml.Linq;
using Bert.MLNet.Cli.Training;
using Bert.MLNet.Experiments;
using static Bert.MLNet.Cli.Reports.Markup;

namespace Bert.MLNet.Cli.Reports;

/// <summary>The part of a report that all tasks share.</summary>
/// <param name="Name">The name of the model.</param>
/// <param name="Task">The verb that trained it.</param>
/// <param name="Method">The method, as in <c>--method</c>.</param>
/// <param name="Bert">The initial checkpoint.</param>
/// <param name="Command">The command line that reproduces it.</param>
/// <param name="Duration">The duration of training.</param>
/// <param name="Data">The rows.</param>
/// <param name="History">The reports of the training.</param>
internal sealed record TrainingReport(
    string Name, string Task, string Method, BertModel Bert, string Command, TimeSpan Duration, IReadOnlyList<DataPart> Data,
    TrainingHistory History)
{
    /// <summary>The search that found the model; null for another method.</summary>
    public BertExperimentResult? Search { get; init; }

    /// <summary>What n-grams learnt from the same rows; null if they were not trained.</summary>
    public NGramResult? NGrams { get; init; }

    /// <summary>Whether epochs were validated.</summary>
    public bool IsValidated => MethodOption.FineTunes(Method) && Search is null && Data.Any(part => part.Name == DataPart.Validation);

    /// <summary>Whether the model reads the two texts of a pair separately, as vectors.</summary>
    public bool ReadsSeparately => Method is MethodOption.Embed or MethodOption.BiEncoder;

    /// <summary>Whether a prediction needs the network of the checkpoint, whose attention can be shown.</summary>
    public bool HasNetwork => Search?.BestRun.Contender is not VectorContender { Features.HasNetwork: false };

    private static readonly string s_style = ReadStyle();

    /// <summary>The whole page, without external resources.</summary>
    /// <param name="figures">The most important metrics, with their names.</param>
    /// <param name="results">The sections of the task.</param>
    public XElement ToPage(IReadOnlyList<(string Name, string Value)> figures, params IEnumerable<XElement?> results)
    {
        XElement[] sections = [DataSection.Create(Data, Bert), Training, .. results.OfType<XElement>(),
            ReproductionSection.Create(this)];
        return El("html", Attr("lang", "en"),
            El("head",
                El("meta", Attr("charset", "utf-8")),
                El("meta", Attr("name", "viewport"), Attr("content", "width=device-width, initial-scale=1")),
                El("meta", Attr("name", "color-scheme"), Attr("content", "light dark")),
                El("title", $"{Name}: {Task}"),
                El("style", s_style)),
            El("body",
                El("header",
                    El("h1", Name),
                    El("p", Class("subtitle"), Search?.BestRun is { } best
                        ? $"{Task}, {best.TrainerName}{(best.Contender?.Model is null ? "" : $", from {Bert}")}"
                        : $"{Task}, {Method}, from {Bert}"),
                    El("dl", Class("figures"), figures.Select(figure => El("div", El("dt", figure.Name), El("dd", figure.Value)))),
                    El("nav", Attr("aria-label", "Sections"),
                        sections.Select(section =>
                        El("a", Attr("href", "#" + section.Attribute("id")!.Value), section.Element("h2")!.Value)))),
                El("main", sections)));
    }

    private XElement Training => Search is { } search ? AutoSection.Create(search, Duration) : TrainingSection.Create(this);

    /// <summary>A section with its heading.</summary>
    public static XElement Section(string id, string heading, params object?[] content) =>
        El("section", Attr("id", id), El("h2", heading), content);

    private static string ReadStyle()
    {
        using Stream stream = typeof(TrainingReport).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
