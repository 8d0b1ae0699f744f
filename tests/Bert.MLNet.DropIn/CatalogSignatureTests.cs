using System.Reflection;
using Microsoft.ML.TorchSharp;

namespace Bert.MLNet.DropIn;

/// <summary>
/// Compares the trainers' methods of both libraries by reflection. Overloads with options are not compared: each library has its own
/// options.
/// </summary>
public class CatalogSignatureTests
{
    private const string ByRows = "the number of epochs follows from the number of rows";

    private static readonly Type[] s_catalogs = [typeof(BertMulticlassTrainersCatalog), typeof(BertRegressionTrainersCatalog)];

    /// <summary>Every difference, and its reason. <c>docs/coming-from-torchsharp.md</c> lists them for users.</summary>
    private static readonly (string Difference, string Reason)[] s_intended =
    [
        (MaxEpochs("NamedEntityRecognition", 5), ByRows),
        (Model("NamedEntityRecognition", 6), "any checkpoint can be used"),
        ("NamedEntityRecognition: returns NerTrainer | NamedEntityRecognitionTrainer", "trainers are named after their methods"),
        (MaxEpochs("QuestionAnswer", 9), ByRows),
        (Model("QuestionAnswer", 10), "any checkpoint can be used"),
        ("QuestionAnswer: returns QATrainer | QuestionAnswerTrainer", "trainers are named after their methods"),
        (MaxEpochs("SentenceSimilarity", 6), ByRows),
        (Model("SentenceSimilarity", 7), "any checkpoint can be used"),
        (MaxEpochs("TextClassification", 7), ByRows),
        (Model("TextClassification", 8), "any checkpoint can be used"),
        ("EvaluateObjectDetection: missing", "is not about text"),
        ("NameEntityRecognition: missing", "is the obsolete name of NamedEntityRecognition"),
        ("ObjectDetection: missing", "is not about text"),
    ];

    [Fact]
    public void The_catalogs_differ_from_the_packages_only_where_intended()
    {
        IEnumerable<string> intended = s_intended.Select(row => row.Difference);
        IEnumerable<string> found = Simple(typeof(TorchSharpCatalog)).SelectMany(Differences);
        Assert.Equal(intended.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Differences(MethodInfo theirs)
    {
        MethodInfo? own = s_catalogs.SelectMany(Simple).SingleOrDefault(method => method.Name == theirs.Name);
        if (own is null)
        {
            yield return $"{theirs.Name}: missing";
            yield break;
        }
        if (theirs.ReturnType.Name != own.ReturnType.Name)
            yield return $"{theirs.Name}: returns {theirs.ReturnType.Name} | {own.ReturnType.Name}";
        ParameterInfo[] left = theirs.GetParameters(), right = own.GetParameters();
        for (int i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            string one = Describe(left.ElementAtOrDefault(i)), other = Describe(right.ElementAtOrDefault(i));
            if (one != other)
                yield return $"{theirs.Name}, parameter {i}: {one} | {other}";
        }
    }

    private static IEnumerable<MethodInfo> Simple(Type catalog) => catalog.GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(method => method.GetParameters().All(parameter => parameter.Name != "options"));

    private static string Describe(ParameterInfo? parameter)
    {
        string value = parameter is { HasDefaultValue: true } ? $" = {parameter.DefaultValue ?? "null"}" : "";
        return parameter is null ? "none" : $"{parameter.ParameterType} {parameter.Name}{value}";
    }

    private static string MaxEpochs(string method, int index) =>
        $"{method}, parameter {index}: System.Int32 maxEpochs = 10 | System.Nullable`1[System.Int32] maxEpochs = null";

    private static string Model(string method, int index)
    {
        const string theirs = "Microsoft.ML.TorchSharp.NasBert.BertArchitecture architecture = Roberta";
        const string own = "Bert.MLNet.BertModel model = null";
        return $"{method}, parameter {index}: {theirs} | {own}";
    }
}
