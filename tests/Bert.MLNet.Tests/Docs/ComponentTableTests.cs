using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace Bert.MLNet.Tests.Docs;

public sealed class ComponentTableTests
{
    private static readonly string s_readme = File.ReadAllText(Path.Combine(Shared.Repository, "README.md"));

    /// <summary>The methods that add a step or a trainer to a catalog of ML.NET.</summary>
    public static TheoryData<string> Methods =>
    [
        .. typeof(BertModel).Assembly.GetExportedTypes().SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static))
            .Where(method => method.IsDefined(typeof(ExtensionAttribute)) && method.GetParameters()[0].ParameterType is var catalog
                && (catalog == typeof(TransformsCatalog.TextTransforms)
                    || catalog.IsAssignableTo(typeof(TrainCatalogBase.CatalogInstantiatorBase))))
            .Select(method => method.Name).Distinct(),
    ];

    [Theory, MemberData(nameof(Methods))]
    public void The_readme_lists_each_step_and_trainer(string method) =>
        Assert.Contains($" `{method}` |", s_readme, StringComparison.Ordinal);
}
