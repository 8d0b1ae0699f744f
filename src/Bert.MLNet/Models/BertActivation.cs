namespace Bert.MLNet.Models;

/// <summary>The activation functions that a config can name.</summary>
internal enum BertActivation
{
    /// <summary>x·Φ(x), by the error function.</summary>
    Gelu,

    /// <summary>0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))).</summary>
    GeluTanh,

    /// <summary>x·σ(1.702·x).</summary>
    QuickGelu,

    Relu,

    /// <summary>x·σ(x).</summary>
    Silu,

    Tanh,

    /// <summary>σ(x) = 1 / (1 + exp(−x)).</summary>
    Sigmoid,
}

internal static class BertActivationExtensions
{
    public const string Names =
        "gelu, gelu_python, gelu_new, gelu_fast, gelu_accurate, gelu_pytorch_tanh, quick_gelu, relu, silu, swish, tanh, sigmoid";

    /// <summary>Gets the function by its name in HuggingFace's table, or null if it is not supported.</summary>
    public static BertActivation? Parse(string name) => name switch
    {
        "gelu" or "gelu_python" => BertActivation.Gelu,
        // Four spellings of one formula.
        "gelu_new" or "gelu_fast" or "gelu_accurate" or "gelu_pytorch_tanh" => BertActivation.GeluTanh,
        "quick_gelu" => BertActivation.QuickGelu,
        "relu" => BertActivation.Relu,
        "silu" or "swish" => BertActivation.Silu,
        "tanh" => BertActivation.Tanh,
        "sigmoid" => BertActivation.Sigmoid,
        _ => null,
    };
}
